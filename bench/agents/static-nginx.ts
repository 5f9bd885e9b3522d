/** The peer: nginx that serves the same files from the same folder, with the same key, one worker. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../lab/machine/free-port.ts';
import { findCommand, requireCommands } from '../../lab/machine/packages.ts';
import { CpuGroup } from '../simulator/process-tree.ts';

/** @param folder where `keys/tls.key`, `keys/tls.crt` and `agents/` are */
export async function startStaticNginx(folder: string) {
  requireCommands(['nginx']);
  const port = await freePort();
  const config = join(folder, 'static-nginx.conf');
  writeFileSync(config, configuration(folder, port));
  const cpu = new CpuGroup(`towline-bench-static-${process.pid}`);
  const script = `echo $$ > ${cpu.door}; exec "${findCommand('nginx')}" -c ${config} -p ${folder}`;
  const child = spawn('sh', ['-c', script], { stdio: 'ignore' });
  await wait(500);
  return {
    port,
    cpuSeconds: () => cpu.seconds(),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      cpu[Symbol.dispose]();
    },
  };
}

function configuration(folder: string, port: number): string {
  const at = (name: string) => `${name}_temp_path ${folder}/static-${name};`;
  return `daemon off; worker_processes 1; pid ${folder}/static-nginx.pid; error_log /dev/null;
user root;
events { worker_connections 4096; }
http {
  access_log off; sendfile on; client_body_temp_path ${folder}/static-body;
  ${['fastcgi', 'proxy', 'uwsgi', 'scgi'].map(at).join(' ')}
  server {
    listen 127.0.0.1:${port} ssl backlog=4096;
    ssl_certificate ${folder}/keys/tls.crt; ssl_certificate_key ${folder}/keys/tls.key;
    ssl_protocols TLSv1.3; ssl_verify_client optional_no_ca;
    location /agents/sha256/ { alias ${folder}/agents/; default_type application/gzip; }
  }
}
`;
}
