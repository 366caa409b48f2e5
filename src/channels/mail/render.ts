/** Draws a message as a mail: a subject, an HTML part that needs nothing from outside, and the same as text. */
import { toBodyHtml } from '#src/channels/body-html.js';
import { headingOf, repeatsTitle } from '#src/channels/parts.js';
import { toPlainLines } from '#src/channels/plain-lines.js';
import type { MessageContent } from '#src/core/types.js';
import { escapeHtml } from '#src/lib/bare-link.js';
import { formatChinaTime } from '#src/lib/china-time.js';
import { takeCodePoints } from '#src/lib/text.js';

/** A message drawn as a mail. */
export interface MailCard {
  subject: string;
  html: string;
  text: string;
  appName: string;
  isUrgent: boolean;
}

/** Mail programs show about this much; RFC 5322 allows lines of 998 characters. */
const MAX_SUBJECT_LENGTH = 200;

/** Draws a message, the same for all receivers. */
export function renderMail(message: MessageContent): MailCard {
  return {
    subject: takeCodePoints(headingOf(message), MAX_SUBJECT_LENGTH, '…'),
    html: drawHtml(message),
    text: drawText(message),
    appName: appNameOf(message),
    isUrgent: message.isUrgent,
  };
}

function drawText(message: MessageContent): string {
  const links = linksOf(message).map(({ name, url }) => `${name}: ${url}`);
  const foot = `${appNameOf(message)} · ${formatChinaTime(message.createdAt)}`;
  const parts = [toPlainLines(message.body, message.format), [...links, foot].join('\n')];
  return parts.filter((part) => part !== '').join('\n\n-- \n');
}

/** Styles stand in the elements: mail programs drop style sheets. */
function drawHtml(message: MessageContent): string {
  const links = linksOf(message)
    .map(
      ({ name, url }) =>
        `<a href="${escapeHtml(url)}" style="color:#1677b3;text-decoration:none;margin-right:16px">${name}</a>`,
    )
    .join('');
  const foot = `${escapeHtml(appNameOf(message))} · ${formatChinaTime(message.createdAt)}`;
  const body = repeatsTitle(message, toPlainLines(message.body, message.format))
    ? []
    : [`<div>${toBodyHtml(message.body, message.format)}</div>`];
  return [
    '<!doctype html>',
    '<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>',
    '<body style="margin:0;padding:16px;background:#f4f6f8">',
    '<div style="max-width:640px;margin:0 auto;padding:20px 24px;background:#ffffff;color:#1f2933;border-radius:8px;',
    "font:15px/1.7 -apple-system,BlinkMacSystemFont,'PingFang SC','Microsoft YaHei',sans-serif;word-break:break-word\">",
    `<h1 style="margin:0 0 12px;font-size:18px;line-height:1.4">${escapeHtml(headingOf(message))}</h1>`,
    ...body,
    `<p style="margin:20px 0 0;padding-top:12px;border-top:1px solid #e3e8ee;font-size:13px;color:#52606d">${links}${foot}</p>`,
    '</div></body></html>',
    '',
  ].join('\n');
}

function appNameOf({ appName }: MessageContent): string {
  return appName.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

function linksOf({ url, pageUrl }: MessageContent): { name: string; url: string }[] {
  return [
    { name: '原文 Link', url },
    { name: '详情 Details', url: pageUrl },
  ].filter((link) => link.url !== '');
}
