// A hook of Node's loader that puts a module of broken/ in the place of one of the server's, where a bug is to be planted.

const PLACES = {
  'early-answer': '/dist/store/messages.js',
  'ignored-claim': '/dist/store/outbox.js',
  'kept-claim': '/dist/store/outbox.js',
  'false-success': '/dist/store/outbox.js',
};

let place = '';
let broken = '';

export function initialize({ bug }) {
  place = PLACES[bug] ?? '';
  if (place === '') {
    throw new Error(`there is no bug called ${bug}`);
  }
  broken = new URL(`./broken/${bug}.js`, import.meta.url).href;
}

export async function resolve(specifier, context, nextResolve) {
  const found = await nextResolve(specifier, context);
  const isAsked = found.url.endsWith(place) && context.parentURL !== broken;
  return isAsked ? { ...found, url: broken } : found;
}
