/** The pieces that the templates are built of: escaped HTML, whose only colours are borders, for light and dark pages. */
import { escapeHtml, linkText } from '#src/lib/bare-link.js';
import { isHttpUrl, stripControls } from '#src/lib/text.js';

/** What a notice says at one look. */
export type Mood = 'bad' | 'warn' | 'good' | 'calm';

/** Seen on white and on black alike. */
const MOOD_COLORS: Readonly<Record<Mood, string>> = {
  bad: '#d9463b',
  warn: '#d98a00',
  good: '#2e9e5b',
  calm: '#3a8fb7',
};

/** A label and what is said to it. */
export type Row = readonly [label: string, text: string];

/** A foreign text as HTML: its lines kept, its addresses clickable. */
export function toHtml(text: string): string {
  return linkText(stripControls(text)).replaceAll('\n', '<br>');
}

/** The first thing seen: what happened, one large value, one line below it. */
export function banner(mood: Mood, heading: string, { value = '', note = '' } = {}): string {
  const large = 'font-size:30px;font-weight:600;line-height:1.3;margin:4px 0 0;word-break:break-word';
  return (
    `<div style="border-left:4px solid ${MOOD_COLORS[mood]};padding:2px 0 2px 14px;margin:4px 0 18px">` +
    `<h2 style="margin:0;word-break:break-word">${toHtml(heading)}</h2>` +
    (value === '' ? '' : `<p style="${large}">${toHtml(value)}</p>`) +
    (note === '' ? '' : `<p style="margin:2px 0 0;word-break:break-word">${toHtml(note)}</p>`) +
    '</div>'
  );
}

/** Labels with what is said to them; rows without a text are left out. */
export function facts(rows: readonly Row[]): string {
  const kept = rows.filter(([, text]) => text !== '');
  return factTable(kept.map(([label, text]) => [label, toHtml(text)]));
}

/** A longer label may be broken anywhere. */
const LABEL_LENGTH = 20;

/** The same with HTML for what is said. */
export function factTable(rows: readonly Row[]): string {
  const lines = rows.map(([label, html]) => {
    const style = label.length > LABEL_LENGTH ? ' style="word-break:break-all"' : '';
    return `<tr><th scope="row"${style}>${toHtml(label)}</th><td>${html}</td></tr>`;
  });
  return lines.length === 0 ? '' : `<table cellpadding="6">${lines.join('')}</table>`;
}

/** A longer cell would be squeezed to a column of single characters before a wide table scrolls. */
const CELL_LENGTH = 8;

/** A table with a head. */
export function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const top = head.map((one) => `<th>${toHtml(one)}</th>`).join('');
  const lines = rows.map((cells) => `<tr>${cells.map(toCell).join('')}</tr>`);
  return `<table cellpadding="6"><tr>${top}</tr>${lines.join('')}</table>`;
}

function toCell(text: string): string {
  const style = text.length > CELL_LENGTH ? ' style="min-width:8.5em"' : '';
  return `<td${style}>${toHtml(text)}</td>`;
}

/** A heading over a part; nothing over nothing. */
export function section(heading: string, html: string): string {
  return html === '' ? '' : `<h3>${toHtml(heading)}</h3>${html}`;
}

/** A part that folds; nothing for nothing. */
export function folding(heading: string, html: string, { isOpen = false } = {}): string {
  const open = isOpen ? ' open' : '';
  return html === '' ? '' : `<details${open}><summary>${toHtml(heading)}</summary>${html}</details>`;
}

/** A link to an http address; nothing for anything else. */
export function action(label: string, url: string): string {
  if (!isHttpUrl(url)) {
    return '';
  }
  const style = 'display:block;text-align:center;padding:10px;border:1px solid #3a8fb7;border-radius:10px';
  return `<p><a href="${escapeHtml(url)}" style="${style}">${toHtml(label)}</a></p>`;
}
