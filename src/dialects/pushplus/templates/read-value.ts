/** Reads a content that should be data: JSON, what people write for JSON, or a form. */
import type { Field, Value } from './value.js';

/** Deeper nesting is shown as the text it is. */
const MAX_DEPTH = 32;

/**
 * The data of a content, or null when it is running text. Besides JSON it reads single quotes, names and words without
 * quotes, `name=value` in braces (as Java prints maps), real line breaks in texts and a comma too many; then forms
 * (`a=1&b=2`). Never throws; time grows with the length.
 */
export function readValue(content: string): Value | null {
  const text = content.trim();
  if (/^[{[]/.test(text)) {
    return new Reader(text).read();
  }
  return /^[\w.-]{1,60}=[^\n]*$/.test(text) ? readForm(text) : null;
}

function readForm(text: string): Value | null {
  const entries = [...new URLSearchParams(text)].map(
    ([name, one]): Field => [name, { kind: 'text', text: one }],
  );
  return entries.length > 1 ? { kind: 'fields', entries } : null;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** Thrown and caught in this file: the text is no data. */
class NoData extends Error {}

/** One pass from the left; a class, since the place is its state. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): Value | null {
    try {
      const value = this.value(0);
      return this.next() === '' ? value : null;
    } catch (error) {
      if (error instanceof NoData) {
        return null;
      }
      throw error;
    }
  }

  private value(depth: number): Value {
    if (depth > MAX_DEPTH) {
      throw new NoData();
    }
    switch (this.next()) {
      case '{':
        return { kind: 'fields', entries: this.series('}', () => this.field(depth)) };
      case '[':
        return { kind: 'list', items: this.series(']', () => this.value(depth + 1)) };
      default:
        return { kind: 'text', text: this.word(/[^,\]}\n]*/y) };
    }
  }

  private field(depth: number): Field {
    const name = this.word(/[^,:={}[\]\n]*/y);
    if (!/[:=]/.test(this.next()) || name === '') {
      throw new NoData();
    }
    this.at += 1;
    return [name, this.value(depth + 1)];
  }

  private series<T>(end: string, readOne: () => T): T[] {
    const all: T[] = [];
    this.at += 1;
    while (this.next() !== end) {
      all.push(readOne());
      if (this.next() === ',') {
        this.at += 1;
      } else if (this.next() !== end) {
        throw new NoData();
      }
    }
    this.at += 1;
    return all;
  }

  /** A text in quotes, or what is written without. */
  private word(bare: RegExp): string {
    const quote = this.next();
    if (quote === '"' || quote === "'") {
      return this.quoted(quote);
    }
    bare.lastIndex = this.at;
    const found = bare.exec(this.text)?.[0] ?? '';
    if (found.trim() === '') {
      throw new NoData();
    }
    this.at += found.length;
    return found.trim();
  }

  private quoted(quote: string): string {
    const parts: string[] = [];
    for (let from = ++this.at; ; this.at += 1) {
      const char = this.text[this.at];
      if (char === undefined) {
        throw new NoData();
      }
      if (char === quote) {
        parts.push(this.text.slice(from, this.at));
        this.at += 1;
        return parts.join('');
      }
      if (char === '\\') {
        parts.push(this.text.slice(from, this.at), this.escape());
        from = this.at + 1;
      }
    }
  }

  /** Leaves the place at the last character of the escape. */
  private escape(): string {
    this.at += 1;
    const char = this.text[this.at] ?? '';
    const hex = /^[\da-f]{4}$/i.exec(this.text.slice(this.at + 1, this.at + 5))?.[0];
    if (char === 'u' && hex !== undefined) {
      this.at += 4;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    return ESCAPES[char] ?? char;
  }

  /** The next character that is not white space; '' at the end. */
  private next(): string {
    while (/\s/.test(this.text[this.at] ?? '')) {
      this.at += 1;
    }
    return this.text[this.at] ?? '';
  }
}
