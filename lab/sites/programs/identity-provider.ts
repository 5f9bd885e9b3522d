/**
 * The OpenID provider of a lab, a program by itself: whoever types a name is that person. It is no part of what ships, and
 * the packages that do ship do not have what it is made of. Arguments: host, port, files of key and certificate.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Provider } from 'oidc-provider';

const [host = '', port = '', key = '', certificate = ''] = process.argv.slice(2);

/** Public client of all fleets of the lab, as gateway.yaml has it. */
const clientId = 'towline';

const provider = new Provider(`https://${host}`, {
  clients: [
    {
      ...{ client_id: clientId, token_endpoint_auth_method: 'none', application_type: 'native' },
      ...{ redirect_uris: ['http://127.0.0.1/callback'], response_types: ['code'] },
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
    },
  ],
  features: { devInteractions: { enabled: true }, deviceFlow: { enabled: true } },
  claims: { openid: ['sub'] },
  cookies: { keys: ['of a lab'] },
  findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
});
provider.on('server_error', (_context, error) => process.stderr.write(`${error.message}\n`));
createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, provider.callback()).listen(
  Number(port),
);
