import type { IncomingMessage, ServerResponse } from 'node:http';

/** One address of a plain port. */
export interface PlainRoute {
  /** `any`: it says itself what it thinks of the others. */
  readonly method: 'GET' | 'POST' | 'any';
  readonly path: string;
  /** Whether the address may go on with a `?`; what stands there is not looked at. */
  readonly anyQuery?: boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export function isAt({ method, path, anyQuery = false }: PlainRoute, request: IncomingMessage): boolean {
  const { url = '' } = request;
  if (method !== 'any' && method !== request.method) return false;
  return url === path || (anyQuery && url.startsWith(`${path}?`));
}
