/** What each failure of a mail conversation means for a delivery. */
import { quote } from '#src/channels/http-answer.js';
import type { Outcome } from '#src/core/types.js';
import { MailSocketError } from './open-socket.js';
import { UnansweredMailError } from './transport.js';

/** How long mail of an account rests whose login or encryption must be mended first. */
const ACCOUNT_REST_MS = 600_000;

/** The part of nodemailer's errors that is read here. */
interface MailFailure {
  /** `EAUTH`, `ETLS`, `EENVELOPE`, ...: which step failed. */
  step: string;
  /** The SMTP reply code; null when the server said nothing. */
  reply: number | null;
  /** What the server said, or what happened. */
  words: string;
}

/** Turns what a send threw into an outcome; anything that is no failure of the conversation is thrown on, as a bug. */
export function toMailOutcome(error: unknown): Outcome {
  if (error instanceof MailSocketError) {
    return socketOutcome(error);
  }
  if (error instanceof UnansweredMailError) {
    const why = `邮件 Mail${quote(error.message)}；信已写完，没有看到应答 the mail was written, and no answer was seen`;
    return { kind: 'unknown', code: error.step, why };
  }
  const failure = readFailure(error);
  if (!failure) {
    throw error;
  }
  const code = String(failure.reply ?? failure.step);
  const why = `邮件 Mail${quote(failure.words)}`;
  const advice = accountAdvice(failure);
  if (advice) {
    return { kind: 'retry', scope: 'queue', afterMs: ACCOUNT_REST_MS, code, why: `${why}；${advice}` };
  }
  if (failure.reply !== null && failure.reply >= 500) {
    return { kind: 'refused', code, why: `${why}；${refusalAdvice(failure.reply)}` };
  }
  return { kind: 'retry', code, why };
}

function socketOutcome(error: MailSocketError): Outcome {
  const code = error.reason;
  const why = `邮件 Mail: ${error.message}`;
  return error.reason === 'blocked'
    ? {
        kind: 'refused',
        code,
        why: `${why}；服务器不允许访问内网地址 this server does not reach private networks`,
      }
    : { kind: 'retry', code, why };
}

/** What its owner must mend before any mail goes through; null when it is nothing of the kind. */
function accountAdvice({ step, reply, words }: MailFailure): string | null {
  // 454 is a login that fails for the moment (RFC 4954 section 6).
  if (step === 'EAUTH' && !(reply !== null && reply < 500)) {
    return '用户名或密码不正确（多数邮箱要用授权码而不是登录密码） the user name or password is wrong: most providers want an app password';
  }
  if (step === 'ENOAUTH' || reply === 530) {
    return '服务器要求登录或加密，请填写用户名和密码并选择加密方式 the server asks for a login or encryption';
  }
  // nodemailer calls a certificate that fails in the middle a socket error.
  const isTls = step === 'ETLS' || step === 'EREQUIRETLS';
  if (isTls || (step === 'ESOCKET' && /certificate|self.signed|altnames|ssl|tls/i.test(words))) {
    return '加密连接失败：请检查端口与加密方式是否对应、证书是否有效，自签名的证书可填进通道的「证书」 encryption failed: check port, security and certificate; a self-signed one can be put into the channel’s “Certificate”';
  }
  return null;
}

function refusalAdvice(reply: number): string {
  switch (reply) {
    case 550:
    case 551:
    case 553:
      return '收件地址或发件地址被拒绝，请检查 the receiver or the sender was refused: check both';
    case 552:
      return '信件太大，或对方邮箱已满 the mail is too large, or the mailbox is full';
    default:
      return '邮件服务器拒绝了这封信 the mail server refused this mail';
  }
}

function readFailure(error: unknown): MailFailure | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') {
    return null;
  }
  const reply = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null;
  const said = 'response' in error && typeof error.response === 'string' ? error.response : error.message;
  return { step: error.code, reply, words: said };
}
