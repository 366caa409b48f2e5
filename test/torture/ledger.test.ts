/** The ledger by itself: what it says of one message to one receiver. */
import { describe, expect, it } from 'vitest';
import type { Break } from '#torture/faults/blow.js';
import { judgeReceiver, type Received } from '#torture/receiver-ledger.js';
import type { WireTry } from '#torture/wire.js';

const AT = 1_800_000_000_000;
const YES = { status: 200, text: '{"id":1}' };
const NO = { status: 500, text: '{"error":"busy"}' };

function wireTry(atMs: number, answer: WireTry['answer']): WireTry {
  const known = { marker: 'm1x1z', where: 'somebody', isForwarded: true, asksForCheck: false };
  return { ...known, at: AT + atMs, answer };
}

function showing(atMs: number) {
  return { where: 'gotify 2', at: AT + atMs, text: 'm1x1z', webhookId: '' };
}

function broken(kind: string, fromMs = -1000, toMs = 1000): Break {
  return { kind, from: AT + fromMs, to: AT + toMs };
}

/** Of a message to a gotify server, answered and shown at once where nothing else is said. */
function judge(
  told: Partial<Omit<Received, 'delivery'>> & { state?: string; attempts?: number } = {},
): string {
  const { state = 'sent', attempts = 1, ...rest } = told;
  const outcome = state === 'sent' ? 'sent' : 'unknown';
  return judgeReceiver({
    way: 'gotify',
    delivery: {
      uid: 'UID_a',
      state,
      attempts: Array.from({ length: attempts }, () => ({ at: AT, outcome }) as const),
      lastReason: state === 'sent' ? '' : 'why',
    },
    shown: [showing(5)],
    tries: [wireTry(0, YES)],
    askedAt: AT - 100,
    breaks: [],
    toWorld: (at) => at,
    ...rest,
  }).join('\n');
}

describe('one message to one receiver', () => {
  it('is as promised when it was answered and shown once', () => {
    expect(judge()).toBe('');
  });

  it('must not be sent again after a yes, nor after a try whose answer nobody saw', () => {
    const twice = { shown: [showing(5), showing(105)], attempts: 2 };
    const again = wireTry(100, YES);
    expect(judge({ ...twice, tries: [wireTry(0, YES), again] })).toMatch(/after the answer that it is there/);
    expect(judge({ ...twice, tries: [wireTry(0, null), again] })).toMatch(/although nobody knew/);
    expect(judge({ ...twice, tries: [wireTry(0, NO), again] })).toBe('');
    // Who wants it rather twice than never has it twice.
    const bark = { ...twice, way: 'bark' } as const;
    const yes = wireTry(0, { status: 200, text: '{"code":200}' });
    expect(judge({ ...bark, tries: [wireTry(0, null), again] })).toBe('');
    expect(judge({ ...bark, tries: [yes, again], breaks: [broken('kill')] })).toBe('');
    expect(judge({ ...bark, tries: [yes, again], breaks: [broken('disk')] })).toMatch(/after the answer/);
  });

  it('may be sent again where the other side drops repeats, and is seen once', () => {
    const wechat = { way: 'wechat', attempts: 2, tries: [wireTry(0, null), wireTry(100, YES)] } as const;
    expect(judge(wechat)).toBe('');
    expect(judge({ ...wechat, shown: [showing(5), showing(105)] })).toMatch(/showed 2 times/);
  });

  it('has every try in the trace that may have shown it', () => {
    expect(judge({ way: 'wechat', tries: [wireTry(0, null), wireTry(100, null)] })).toMatch(
      /the trace has 1/,
    );
  });

  it('is unknown only where its fate was', () => {
    const unknown = { state: 'unknown', shown: [] };
    expect(judge({ ...unknown, tries: [wireTry(0, null)] })).toBe('');
    expect(judge({ ...unknown, tries: [wireTry(0, YES)] })).toMatch(/its fate was known/);
    expect(judge({ ...unknown, tries: [] })).toMatch(/its fate was known/);
    expect(judge({ ...unknown, tries: [], breaks: [broken('outage')] })).toMatch(/its fate was known/);
    expect(judge({ ...unknown, tries: [], breaks: [broken('kill')] })).toBe('');
    // Its answer was seen by a process that lived: a full disk is no reason to forget it.
    expect(judge({ ...unknown, breaks: [broken('disk')] })).toMatch(/its fate was known/);
    expect(judge({ ...unknown, breaks: [broken('kill')] })).toBe('');
  });

  it('waits no longer than what was broken lasts', () => {
    const late = 3 * 3_600_000;
    const tries = [wireTry(late, YES)];
    expect(judge({ tries })).toMatch(/stood still for 180 minutes/);
    expect(judge({ tries, breaks: [broken('outage', 0, late - 60_000)] })).toBe('');
  });

  it('may come again from a database that was put back', () => {
    const twice = { shown: [showing(5), showing(105)], tries: [wireTry(0, YES), wireTry(100, YES)] };
    expect(judge({ ...twice, breaks: [broken('restore')] })).toBe('');
  });
});
