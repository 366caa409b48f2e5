/** Which certificate of a server is taken besides those of the public authorities, and what is wrong with one that is not. */
import { X509Certificate } from 'node:crypto';

/** One certificate by its fingerprint (lower-case hex of SHA-256), or an authority's as PEM. */
export type TlsTrust = { kind: 'pin'; sha256: string } | { kind: 'ca'; pem: string };

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Reads what a person gives: a SHA-256 fingerprint as tools print it (with colons or without, `sha256 Fingerprint=` before
 * it), or certificates as PEM. Null for anything else.
 */
export function readTrust(text: string): TlsTrust | null {
  const blocks = text.match(PEM_BLOCK);
  if (blocks) {
    return blocks.every(isCertificate) ? { kind: 'ca', pem: blocks.join('\n') } : null;
  }
  const bare = text.replace(/^\s*sha-?256(?:\s*fingerprint)?\s*[=:]/i, '').replaceAll(/[\s:]/g, '');
  return /^[\da-f]{64}$/i.test(bare) ? { kind: 'pin', sha256: bare.toLowerCase() } : null;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** What is wrong with a server's certificate, by the code of Node or OpenSSL. */
const FAULTS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    '服务器用的是自签名证书，没有可信机构担保',
    'the server’s certificate is self-signed: no authority vouches for it',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    '服务器的证书由自建的机构签发，这里不认识它',
    'the server’s certificate comes from an authority of its own, which is unknown here',
  ],
  CERT_HAS_EXPIRED: ['服务器的证书已过期', 'the server’s certificate has expired'],
  CERT_NOT_YET_VALID: [
    '服务器的证书还没有生效，或两边的时钟不一致',
    'the server’s certificate is not valid yet, or a clock is wrong',
  ],
  CERT_REVOKED: ['服务器的证书已被吊销', 'the server’s certificate was revoked'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    '服务器的证书是别的域名的',
    'the server’s certificate is for another host name',
  ],
  ERR_TLS_CERT_PIN: [
    '服务器的证书不是设置里指纹的那一张',
    'the server’s certificate is not the one whose fingerprint was set',
  ],
  EPROTO: [
    '对方没有按 HTTPS 应答，端口或协议可能不对',
    'the other side speaks no TLS: port or scheme may be wrong',
  ],
};
const UNKNOWN_CA = /^UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(?:_LOCALLY)?)$|^CERT_UNTRUSTED$/;
const OTHERS = /^(?:CERT_|ERR_TLS_|ERR_SSL_|INVALID_CA$|INVALID_PURPOSE$|HOSTNAME_MISMATCH$)/;

/** What is wrong with a handshake, in words. */
export interface TlsFault {
  zh: string;
  en: string;
  /** Whether another certificate, or trust in this one, would mend it. */
  isOfCertificate: boolean;
}

/** The fault of a failed handshake in words, from its code; null where the code is of something else. */
export function describeTlsFault(code: string | undefined): TlsFault | null {
  if (code === undefined) {
    return null;
  }
  const known = Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
  if (known) {
    return { zh: known[0], en: known[1], isOfCertificate: code !== 'EPROTO' };
  }
  if (UNKNOWN_CA.test(code)) {
    const en =
      'nobody known here vouches for the server’s certificate: a certificate in between may be missing';
    return { zh: '服务器的证书由不认识的机构签发，或缺少中间证书', en, isOfCertificate: true };
  }
  if (/^ERR_SSL_WRONG_VERSION_NUMBER|^ERR_SSL_PACKET_LENGTH/.test(code)) {
    return describeTlsFault('EPROTO');
  }
  return OTHERS.test(code)
    ? {
        zh: '与服务器的加密连接没有建立起来',
        en: `no encrypted connection came to be (${code})`,
        isOfCertificate: !code.startsWith('ERR_SSL_'),
      }
    : null;
}
