/** A gateway that answers anything where an image is asked for: bytes, or our own error. */
import { test } from 'node:test';
import fc from 'fast-check';
import { GatewayBytes } from '../../../agent/images/gateway-bytes.ts';
import { Throttle } from '../../../agent/images/throttle.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText, onlyOurRejections } from '../../fuzz/mutation.ts';

test('of a gateway that refuses an image', async () => {
  const said = '{"errors":[{"code":"DENIED","message":"no","detail":{"code":"GATEWAY_IMAGE_FORBIDDEN"}}]}';
  const clock = { now: () => 0, monotonic: () => 0, sleep: async () => {} };
  const throttle = new Throttle(clock);
  const { signal } = new AbortController();
  await fuzzed(
    'refused images',
    fc.asyncProperty(
      fc.constantFrom(200, 403, 404, 429, 502, 299),
      mutatedText(said, '{"code":"x"}'),
      async (status, text) => {
        const body = (async function* () {
          yield Buffer.from(text);
        })();
        const request = async () => ({ status, headers: {}, body });
        const log = { info() {}, warn() {} };
        const gateway = new GatewayBytes({ dialler: { request }, clock, throttle, log, onAlive() {} });
        await onlyOurRejections(() => gateway.whole('/v2/a/manifests/b', 1000, signal));
      },
    ),
  );
});
