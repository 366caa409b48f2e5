/** What single fields of foreign answers say: the names and values by which services tell success and refusal. Pure. */

/** What a field says. The heavier one wins where fields disagree. */
export interface Verdict {
  isRefusal: boolean;
  weight: number;
  /** For the log. */
  code: string;
}

/** How a field speaks. */
type Kind = 'flag' | 'error' | 'code' | 'state';

/**
 * Names in lower case without `_` and `-`. A flag is true or false; an error is empty, 0 or bad; a code is good by convention
 * (0, 2xx) or by the words beside it; a state is a word. Services that answer so (documentation, 2026): DingTalk and WeCom
 * `errcode`, Feishu `code` and `StatusCode`, Telegram and Slack `ok`, PushPlus `code` 200, WxPusher `code` 1000, Server酱
 * `code` and `errno`, OneBot `status` and `retcode`, Qmsg `success`, Aliyun `Code` "OK".
 */
const KINDS: Readonly<Record<string, Kind>> = {
  ok: 'flag',
  success: 'flag',
  issuccess: 'flag',
  successful: 'flag',
  succeeded: 'flag',
  errcode: 'error',
  errorcode: 'error',
  errno: 'error',
  err: 'error',
  error: 'error',
  errors: 'error',
  code: 'code',
  ret: 'code',
  retcode: 'code',
  returncode: 'code',
  resultcode: 'code',
  statuscode: 'code',
  status: 'state',
  state: 'state',
  result: 'state',
};

/** How much a kind of word weighs. */
export const WEIGHTS = { no: 4, error: 3, yes: 2, code: 1 };
/** Where the other side says why, the most telling first; in lower case without `_` and `-`. */
const WORD_NAMES = [
  'errmsg',
  'errormessage',
  'errordescription',
  'errormsg',
  'msg',
  'message',
  'statusmessage',
  'description',
  'reason',
  'detail',
  'info',
  'wording',
  'error',
  'err',
];

const GOOD =
  /^(?:ok|okay|yes|true|sent|done|accepted|success(?:ful(?:ly)?)?|succeed(?:ed)?|none|null|no error)$/i;
const GOOD_WORDS =
  /^(?:ok|success(?:ful(?:ly)?)?|succeed(?:ed)?|done|accepted|sent)\b|(?<![不未无没])成功[。!！]?$|\bsuccess(?:fully)?[.!]?$/i;
const BAD =
  /^(?:error|err|fail|failed|failure|false|no|rejected|refused|denied|invalid|forbidden|unauthori[sz]ed|bad request|失败|错误|拒绝|FAIL(?:_|::).*)$/i;
/** Many services of China write 200 longer (20000): good, unless the words beside it say otherwise. Other codes without words are bad. */
const LONG_YES = /^2000{1,2}$/;
const BAD_WORDS =
  /失败|错误|异常|无效|拒绝|超限|\b(?:error|fail(?:ed|ure)?|invalid|denied|refused|rejected|not)\b/i;
/** Microsoft Teams and gateways answer so with a 200. */
const BAD_SENTENCE = /^webhook message delivery failed/i;

/** What a field says; null where its name or value says nothing. `words` are those beside it. */
export function judgeWord(name: string, value: unknown, words: string | undefined): Verdict | null {
  const kind = KINDS[toPlainName(name)];
  switch (kind) {
    case 'flag':
      return judgeFlag(name, value);
    case 'error':
      return judgeError(value, words);
    case 'code':
      return judgeCode(value, words);
    case 'state':
      return judgeState(value);
    default:
      return null;
  }
}

/** Whether a text says no and nothing else. */
export function isRefusingWord(text: string): boolean {
  const word = text.trim();
  return BAD.test(word) || BAD_SENTENCE.test(word);
}

/** The other side's reason among an object's fields. */
export function findWord(value: Readonly<Record<string, unknown>>): string | undefined {
  const said = new Map(Object.entries(value).map(([name, one]) => [toPlainName(name), one]));
  return WORD_NAMES.map((name) => said.get(name)).find(
    (word): word is string => typeof word === 'string' && word.trim() !== '',
  );
}

function toPlainName(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

function judgeFlag(name: string, value: unknown): Verdict | null {
  const isNo = value === false || value === 0 || /^(?:false|0|no|fail(?:ed)?)$/i.test(textOf(value));
  if (isNo) {
    return { isRefusal: true, weight: WEIGHTS.no, code: `${name}=${textOf(value)}` };
  }
  const isYes = value === true || value === 1 || /^(?:true|1|yes|ok)$/i.test(textOf(value));
  return isYes ? { isRefusal: false, weight: WEIGHTS.yes, code: '' } : null;
}

/** An error is there, or it is not: null, false, 0, nothing in it. */
function judgeError(value: unknown, words: string | undefined): Verdict | null {
  if (Array.isArray(value) || (typeof value === 'object' && value !== null)) {
    const isThere = Array.isArray(value) ? value.length > 0 : !isEmptyError({ ...value });
    return isThere ? { isRefusal: true, weight: WEIGHTS.error, code: 'error' } : null;
  }
  const text = textOf(value);
  if (isNoError(value) || (words !== undefined && words !== value && GOOD_WORDS.test(words))) {
    return { isRefusal: false, weight: WEIGHTS.code, code: '' };
  }
  return { isRefusal: true, weight: WEIGHTS.error, code: toCode(text) };
}

function isNoError(value: unknown): boolean {
  const text = textOf(value);
  const isBare = value === null || typeof value !== 'object';
  return isBare && (text === '' || /^(?:0+|false)$/i.test(text) || GOOD.test(text));
}

/** An object for an error is judged by its own code, and is none where nothing is in it. */
function isEmptyError(error: Readonly<Record<string, unknown>>): boolean {
  const words = findWord(error);
  const codes = Object.entries(error).filter(([name]) => {
    const kind = KINDS[toPlainName(name)];
    return kind === 'code' || kind === 'error';
  });
  return codes.length === 0
    ? Object.values(error).every(isNoError)
    : codes.every(
        ([, code]) => isNoError(code) || (words === undefined && judgeCode(code, words)?.isRefusal === false),
      );
}

function judgeCode(value: unknown, words: string | undefined): Verdict | null {
  const given = Array.isArray(value) ? value[0] : value;
  const text = textOf(given);
  if (given === null || typeof given === 'object' || text === '') {
    return null;
  }
  const isLongYes = LONG_YES.test(text) && !(words !== undefined && BAD_WORDS.test(words));
  const isGood =
    isLongYes || /^(?:0+|2\d\d)$/.test(text) || GOOD.test(text) || /^success\b/i.test(text) || given === true;
  if (isGood || (words !== undefined && GOOD_WORDS.test(words))) {
    return { isRefusal: false, weight: WEIGHTS.code, code: '' };
  }
  // A word that is neither, with no reason beside it, may be anything: the code of a coupon.
  const isTelling = /^-?\d+$/.test(text) || BAD.test(text) || words !== undefined;
  return isTelling ? { isRefusal: true, weight: WEIGHTS.code, code: toCode(text) } : null;
}

function judgeState(value: unknown): Verdict | null {
  const text = textOf(value);
  const isBad = value === false || BAD.test(text) || (typeof value === 'number' && /^[45]\d\d$/.test(text));
  if (isBad) {
    return { isRefusal: true, weight: WEIGHTS.error, code: toCode(text) };
  }
  return GOOD.test(text) ? { isRefusal: false, weight: WEIGHTS.code, code: '' } : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'object' ? '' : String(value ?? '');
}

/** A whole sentence is no code. */
function toCode(text: string): string {
  return /^[\w.:-]{1,40}$/.test(text) ? text : 'error';
}
