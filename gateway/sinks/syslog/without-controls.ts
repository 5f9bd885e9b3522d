/**
 * Control characters, written as rsyslog writes those that it receives (`#` and three octal digits): RFC 5424, 6.4 asks
 * senders not to use them, and a line end would be a message of its own for an old receiver, forged by the app.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\x00-\x1f\x7f-\x9f]/;
const everyControl = new RegExp(controls, 'g');

/** @param kept characters that stay as they are */
export function withoutControls(text: string, kept: string): string {
  if (!controls.test(text)) return text;
  return text.replace(everyControl, found =>
    kept.includes(found) ? found : `#${found.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}
