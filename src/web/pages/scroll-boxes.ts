/** Lets wide blocks of a text be scrolled by keys alone. */

/** Safe, serialised HTML whose named blocks take the focus (WCAG 2.1.1: what scrolls must do so without a pointer). */
export function letKeysScroll(html: string, blocks: 'pre' | 'pre|table'): string {
  return html.replace(new RegExp(`<(${blocks})(?=[\\s>])`, 'g'), '<$1 tabindex="0"');
}
