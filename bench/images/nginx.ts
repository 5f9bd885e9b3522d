/** The peer: nginx with mutual TLS before a registry. */
import { startNginx } from '../simulator/nginx.ts';

/** @param folder where `keys/tls.key` and `keys/tls.crt` are */
export const startRegistryNginx = (folder: string, registry: string) =>
  startNginx({
    ...{ folder, name: 'registry', connections: 1024 },
    location: `location / { proxy_pass http://${registry}; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header Connection ""; }`,
  });
