/** The peer: nginx with mutual TLS before a registry. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../lab/machine/free-port.ts';
import { findCommand, requireCommands } from '../../lab/machine/packages.ts';
import { CpuGroup } from '../simulator/process-tree.ts';

/** @param folder where `keys/tls.key` and `keys/tls.crt` are */
export async function startNginx(folder: string, registry: string) {
  requireCommands(['nginx']);
  const port = await freePort();
  const config = join(folder, 'registry-nginx.conf');
  writeFileSync(config, configuration(folder, port, registry));
  const cpu = new CpuGroup(`towline-bench-nginx-${process.pid}`);
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

function configuration(folder: string, port: number, registry: string): string {
  const at = (name: string) => `${name}_temp_path ${folder}/registry-${name};`;
  return `daemon off; worker_processes 1; pid ${folder}/registry-nginx.pid; error_log /dev/null;
user root;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path ${folder}/registry-body;
  ${['fastcgi', 'proxy', 'uwsgi', 'scgi'].map(at).join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/keys/tls.crt; ssl_certificate_key ${folder}/keys/tls.key;
    ssl_protocols TLSv1.3; ssl_verify_client optional_no_ca;
    location / { proxy_pass http://${registry}; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header Connection ""; }
  }
}
`;
}
