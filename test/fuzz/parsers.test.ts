/** Whatever comes in, parsers read it or refuse it in their own words; and what is written is read back as it was. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { fitKeyword } from '#src/channels/wechat/keyword-values.js';
import { decryptMessage, encryptMessage, MessageCryptoError } from '#src/lib/message-crypto.js';
import { buildXml, parseFlatXml, XmlError } from '#src/lib/xml.js';
import { fitsKeyword, KEYWORD_TYPES } from '#src/simulator/wechat/keyword-rules.js';
import { readSaying } from '#src/wechat/sayings.js';
import { anyText, holds } from '#test/support/fuzz.js';

const FORBIDDEN_IN_XML = /[\p{Cs}\uFFFE\uFFFF]|(?![\t\n\r])\p{Cc}/gu;
const PIECES = [
  '<xml>',
  '</xml>',
  '<a>',
  '</a>',
  '<a b="c">',
  '<![CDATA[',
  ']]>',
  '<!DOCTYPE x [',
  '<!ENTITY a "b">',
  '&a;',
  '<?x?>',
  '<!--',
  '-->',
  '<MsgType>',
  '</MsgType>',
  '<toString>',
  '<__proto__>',
];

/** Nothing but XmlError comes out of it. */
async function readXml(text: string): Promise<ReadonlyMap<string, string> | null> {
  try {
    return await parseFlatXml(text);
  } catch (error) {
    expect(error).toBeInstanceOf(XmlError);
    return null;
  }
}

holds(
  'XML: any text is read or refused',
  fc.asyncProperty(
    fc.array(fc.oneof(fc.constantFrom(...PIECES), anyText(40)), { maxLength: 30 }),
    fc.boolean(),
    async (pieces, isWrapped) => {
      const text = isWrapped ? `<xml>${pieces.join('')}</xml>` : pieces.join('');
      const fields = await readXml(text);
      for (const value of fields?.values() ?? []) {
        expect(typeof value).toBe('string');
      }
    },
  ),
);

holds(
  'XML: what is written is read back',
  fc.asyncProperty(fc.dictionary(fc.stringMatching(/^[A-Z][A-Za-z]{0,12}$/), anyText()), async (fields) => {
    const read = await readXml(buildXml(fields));
    for (const [name, value] of Object.entries(fields)) {
      // XML has one line end, and no place for what it forbids.
      const clean = value.toWellFormed().replace(/\r\n?/g, '\n').replace(FORBIDDEN_IN_XML, '');
      const found = (read?.get(name) ?? '').replace(FORBIDDEN_IN_XML, '').replace(/\r\n?/g, '\n');
      expect(found.replaceAll('\ufffd', '')).toBe(clean.replaceAll('\ufffd', ''));
    }
  }),
);

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const receiver = fc.stringMatching(/^w[wx][0-9a-f]{16}$/);

holds(
  'AES envelope: what is sealed opens, for its receiver alone',
  fc.property(anyText(500), key, receiver, (text, aesKey, receiverId) => {
    const message = text.toWellFormed();
    const encrypted = encryptMessage({ message, receiverId, aesKey });
    expect(decryptMessage({ encrypted, receiverId, aesKey })).toBe(message);
    expect(() => decryptMessage({ encrypted, receiverId: `${receiverId}x`, aesKey })).toThrow(
      MessageCryptoError,
    );
  }),
);

holds(
  'AES envelope: a changed, cut or made-up one is refused in its own words, or opens for its receiver',
  fc.property(
    anyText(200),
    key,
    receiver,
    fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 4 }),
    fc.nat(800),
    (text, aesKey, receiverId, changes, length) => {
      const sealed = Buffer.from(
        encryptMessage({ message: text.toWellFormed(), receiverId, aesKey }),
        'base64',
      );
      for (const [at, value] of changes) {
        sealed[at % sealed.length] = value;
      }
      for (const encrypted of [sealed.toString('base64'), sealed.toString('base64').slice(0, length), text]) {
        try {
          expect(typeof decryptMessage({ encrypted, receiverId, aesKey })).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(MessageCryptoError);
        }
      }
    },
  ),
);

holds(
  'template fields: any text becomes a value that the platform takes',
  fc.property(anyText(400), fc.constantFrom(...KEYWORD_TYPES), fc.nat(99), (text, kind, number) => {
    const keyword = `${kind}${number}`;
    const value = fitKeyword(keyword, text, '2026-11-30 18:05:00');
    expect(fitsKeyword(keyword, value, {}), JSON.stringify(value)).toBe(true);
    expect(value.isWellFormed()).toBe(true);
  }),
  { runs: 3000 },
);

holds(
  'chat commands: any text is understood as one saying, and no word of it is lost',
  fc.property(
    fc.oneof(
      anyText(),
      fc.tuple(fc.constantFrom('#', '＃ ', '退订 #', '订阅'), anyText(30)).map((parts) => parts.join('')),
    ),
    (text) => {
      const saying = readSaying(text);
      if (saying.kind === 'plain') {
        expect(saying.content.trim()).toBe(text.trim());
      }
      if (saying.kind === 'command' || saying.kind === 'subscribe' || saying.kind === 'unclear') {
        expect(saying.id).toMatch(/^\d{1,10}$/);
      }
    },
  ),
  { runs: 2000 },
);
