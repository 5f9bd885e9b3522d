/** The peer: nginx that serves the same files from the same folder, with the same key, one worker. */
import { startNginx } from '../simulator/nginx.ts';

/** @param folder where `keys/tls.key`, `keys/tls.crt` and `agents/` are */
export const startStaticNginx = (folder: string) =>
  startNginx({
    ...{ folder, name: 'static', connections: 4096, backlog: 4096, sendfile: true },
    location: `location /agents/sha256/ { alias ${folder}/agents/; default_type application/gzip; }`,
  });
