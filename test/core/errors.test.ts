/** The one table of errors: complete, bilingual, and filled in without leaving holes. */
import { describe, expect, it } from 'vitest';
import { AppError, assertNever, ERRORS, type ErrorCode, notFound } from '#src/core/errors.js';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe.each(CODES)('%s', (code) => {
  it('has a status of the caller’s or the server’s, and a text in both languages', () => {
    const { status, zh, en } = ERRORS[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).toMatch(/^[\x20-\x7e]+$/);
  });

  it('asks for the same values in both languages', () => {
    const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
    expect(places(ERRORS[code].en)).toEqual(places(ERRORS[code].zh));
  });

  it('shows no hole when a value is missing', () => {
    const error = new AppError(code);
    expect(error.zh + error.en).not.toMatch(/[{}]|undefined/);
  });
});

it('fills values in as they are', () => {
  const error = new AppError('field_too_long', { field: 'title $1 {limit}', limit: 200 });
  expect(error.zh).toBe('title $1 {limit} 过长，最多 200 个字符');
  expect(error).toMatchObject({ status: 400, name: 'AppError', message: error.en });
});

it('names what was not found', () => {
  expect(notFound('应用 App')).toMatchObject({ status: 404, zh: '应用不存在', en: 'App not found' });
});

it('stops on a branch that cannot be', () => {
  expect(() => assertNever('surprise' as never)).toThrow(/"surprise"/);
});
