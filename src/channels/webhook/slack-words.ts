/** Writes a message's words so that Slack and its like show them and do nothing else with them. */

const MARKS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Slack reads `<!channel>` and `<@someone>` as calls, and asks for these three characters to be written so (its page on
 * formatting text). Mattermost and Rocket.Chat read `@all` and its like in plain words: a character nobody sees breaks them.
 */
export function toSlackWords(words: string): string {
  return words
    .replace(/[&<>]/g, (mark) => MARKS[mark] ?? mark)
    .replace(/(?<![\w/=@])@(?=(?:all|channel|here|everyone)\b)/gi, '@\u200b');
}
