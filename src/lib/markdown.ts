/** Renders Markdown that strangers wrote to safe HTML, with code coloured on the server. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import nginx from 'highlight.js/lib/languages/nginx';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { sanitizeHtml } from './html.js';
import { createMarkdownParser } from './markdown-parser.js';

const LANGUAGES = {
  bash,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  nginx,
  php,
  powershell,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};

for (const [name, language] of Object.entries(LANGUAGES)) {
  hljs.registerLanguage(name, language);
}

/** How much code of one message is coloured, in characters; what follows is shown plain. It bounds hostile code. */
const HIGHLIGHT_BUDGET = 8_000;
/** Several grammars take quadratic time on one endless word. */
const ENDLESS_WORD = /[\w$.\-"\\]{300}/;

/** Safe HTML of a Markdown text. Never throws; 40,000 hostile characters take well under a second. */
export function renderMarkdown(text: string): string {
  let left = HIGHLIGHT_BUDGET;
  const parser = createMarkdownParser((code, language) => {
    if (code.length > left || hljs.getLanguage(language) === undefined || ENDLESS_WORD.test(code)) {
      return '';
    }
    left -= code.length;
    return hljs.highlight(code, { language, ignoreIllegals: true }).value;
  });
  return sanitizeHtml(parser.render(text));
}
