/** Names pictures where they cannot be shown. */

/** `[图片]`, with what it shows where that is said. */
export function namePicture(alt = ''): string {
  const shown = alt.replace(/\s+/g, ' ').trim();
  return shown === '' ? '[图片]' : `[图片 ${shown}]`;
}

/** A text as `cut` cuts it; pictures whose bytes are part of it give way to their names first. */
export function cutWithPictures(body: string, cut: (text: string) => string): string {
  const short = cut(body);
  return short === body ? body : cut(nameDataPictures(body));
}

/** Pictures whose bytes stand in the text: those of Markdown and of HTML with what they show, all others by a word. */
function nameDataPictures(body: string): string {
  return body
    .replace(/!\[([^\][]{0,200})\]\(\s{0,9}<?data:[\w+/=;,.%-]*>?[^()\n]{0,200}\)/gi, (_, alt: string) =>
      namePicture(alt),
    )
    .replace(/<img\s[^<>]*?src=["']?data:[^<>]*>/gi, (tag) =>
      namePicture(/\salt=["']([^"']{0,200})["']/i.exec(tag)?.[1]),
    )
    .replace(/data:image\/[\w.+-]{1,30};base64,[\w+/=]{200,}/gi, namePicture());
}
