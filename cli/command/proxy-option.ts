/** `--proxy`, read before anything is written. */
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { parseProxy } from '../../core/io/https/http-proxy.ts';

/** Credentials that it holds are not repeated. */
export function proxyOption(text: string): string {
  try {
    parseProxy(text);
    return text;
  } catch (cause) {
    throw new TowlineError('CLI_USAGE', `--proxy: ${messageOf(cause)}`, {
      cause,
    });
  }
}
