/** Takes the curl examples out of ntfy's own documentation of publishing, steered here by their address and topic alone. */

/** An example: what a shell runs, and the numbers of the refusals that are right for it; empty: all of it is taken. */
export interface Example {
  script: string;
  refusals: readonly number[];
}

const TAB = /^=== "Command line \(curl\)"\n((?:^(?: {4}.*|)\n)+)/gm;
/** What an ntfy server without mailer, telephone, template language and file store refuses, and this one with it. */
const REFUSED: readonly [RegExp, number][] = [
  [/-H "(?:X-)?Email:|[?&]email=/i, 40001],
  [/-H "(?:X-)?Call:/i, 40032],
  [/[?&](?:tpl|template)=|-H "(?:X-)?Template:/i, 40043],
  // A file alone: none are kept here.
  [/-T \S+\.jpg/, 40014],
  // A time of 2021: it is past.
  [/Delay: 1639194738/, 40005],
];

/** The examples of the document. Subscribing is none of our business. */
export function readExamples(markdown: string, to: { server: string; topic: string }): Example[] {
  return Array.from(markdown.matchAll(TAB), ([, text = '']) => text)
    .map((text) => text.replace(/^ {4}/gm, '').replace(/^```.*$/gm, ''))
    .filter((text) => /ntfy\.sh|ntfy\.example\.com/.test(text) && !/\/(?:json|sse|raw|ws)\b/.test(text))
    .map((text) => ({
      script: steer(text, to),
      refusals: REFUSED.filter(([sign]) => sign.test(text)).map(([, code]) => code),
    }));
}

function steer(text: string, { server, topic }: { server: string; topic: string }): string {
  return (
    text
      .replace(/(?:https?:\/\/)?ntfy\.(?:sh|example\.com)\/(\w+)/g, `${server}/${topic}`)
      .replace(/(curl )ntfy\.sh\b/g, `$1${server}`)
      .replace(/("topic": ")\w+"/g, `$1${topic}"`)
      // One example of the document names no address.
      .replace(/^curl .*"You've Got Mail" *$/gm, '')
  );
}
