/** Whom to ask, as the fleet's own file says it. */
import type { Support } from '../api/answers.ts';
import { Facts } from '../part/facts.tsx';
import { say } from '../words/say.ts';

export function SupportFacts({ support }: { readonly support: Support }) {
  const lines = Object.entries(support).map(([name, value]) => [name, String(value)] as const);
  return (
    <section class="card" aria-labelledby="support">
      <h2 id="support">{say('upgrades.support')}</h2>
      <Facts lines={lines} />
    </section>
  );
}
