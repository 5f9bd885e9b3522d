/** Text of a device in a page that a forge renders: shown as it is, and nothing else. */

const maxLength = 80;

/**
 * One cell of a table. Whatever could be markup (Markdown, HTML, links, mentions, autolinks, emoji) stands escaped;
 * characters that are not seen or turn the direction of text are dropped; long text is cut.
 */
export function cell(text: string, length = maxLength): string {
  const visible = text
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  const characters = [...visible];
  const cut = characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : visible;
  // An entity is text for every renderer, also where a backslash would be shown or an autolink made.
  return cut.replace(/[^\p{L}\p{M}\p{N} …,()=;+-]/gu, character => `&#${character.codePointAt(0)};`);
}

/** What our schemas let through as a name, a version or a code: letters that are no markup. */
export function code(text: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/.test(text) ? `\`${text}\`` : cell(text);
}
