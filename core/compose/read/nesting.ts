import { ComposeFault } from '../value/fault.ts';
import type { ComposeLimits } from '../value/limits.ts';
import { tokensOf } from './tokens.ts';

function depthOf(token: string, flow: number): number {
  if (token === '[' || token === '{') return flow + 1;
  if (token === ']' || token === '}') return Math.max(0, flow - 1);
  return flow;
}

/**
 * Refuses text that nests deeper than the limit before the YAML library, which recurses, sees it.
 * @throws ComposeFault COMPOSE_TOO_LARGE with the line of the level that is one too many.
 */
export function refuseDeepText(file: string, text: string, limits: ComposeLimits): void {
  const brackets = text.match(/[[{]/g)?.length ?? 0;
  const indicators = /(?:[-?:][ \t]+){64}/.test(text);
  if (brackets <= limits.depth && !indicators) return;
  let flow = 0;
  let onLine = 0;
  let line = 1;
  for (const token of tokensOf(text)) {
    flow = depthOf(token, flow);
    // Between brackets they are members side by side.
    if (flow === 0 && (token === '-' || token === '?' || token === ':')) onLine += 1;
    for (const character of token) {
      if (character !== '\n') continue;
      line += 1;
      onLine = 0;
    }
    if (flow > limits.depth || onLine > limits.depth) {
      throw new ComposeFault('COMPOSE_TOO_LARGE', [], `nested deeper than ${limits.depth} levels`, {
        file,
        line,
      });
    }
  }
}
