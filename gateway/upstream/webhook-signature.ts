/** How each forge proves that a webhook is its own. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const forgeKinds = ['github', 'gitlab', 'gitea'] as const;
export type ForgeKind = (typeof forgeKinds)[number];

/** Takes the body as it comes, and says at its end whether the sender knows the secret. */
export interface WebhookCheck {
  update(chunk: Uint8Array): void;
  isGood(): boolean;
}

/**
 * GitHub: `X-Hub-Signature-256: sha256=<hex>`, Gitea (and Forgejo): `X-Gitea-Signature: <hex>`, both HMAC-SHA-256 of the
 * body (docs.github.com "Validating webhook deliveries"; docs.gitea.com "Webhooks"). GitLab: the secret itself in
 * `X-Gitlab-Token` (docs.gitlab.com "Webhooks").
 */
export function webhookCheck(kind: ForgeKind, headers: IncomingHttpHeaders, secret: string): WebhookCheck {
  if (kind === 'gitlab') {
    const token = single(headers['x-gitlab-token']);
    const good = token !== undefined && timingSafeEqual(digest(token), digest(secret));
    return { update: () => undefined, isGood: () => good };
  }
  const text =
    kind === 'github'
      ? /^sha256=([0-9a-f]{64})$/.exec(single(headers['x-hub-signature-256']) ?? '')?.[1]
      : /^([0-9a-f]{64})$/.exec(single(headers['x-gitea-signature']) ?? '')?.[1];
  const hmac = createHmac('sha256', secret);
  return {
    update: chunk => {
      hmac.update(chunk);
    },
    isGood: () => text !== undefined && timingSafeEqual(Buffer.from(text, 'hex'), hmac.digest()),
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Of one length, whatever the lengths: so that they can be compared in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
