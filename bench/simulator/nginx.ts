/** The peer of a benchmark: one worker of nginx with our TLS, which asks for a certificate and takes any. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../lab/machine/free-port.ts';
import { findCommand, requireCommands } from '../../lab/machine/packages.ts';
import { CpuGroup } from './process-tree.ts';

export interface NginxOptions {
  /** Where `keys/tls.key` and `keys/tls.crt` are; its own files go there, too. */
  readonly folder: string;
  /** Its files and its group have it in their names. */
  readonly name: string;
  readonly connections: number;
  /** What it answers, as nginx's configuration has it. */
  readonly location: string;
  /** Of connections that wait to be accepted. Absent: nginx's own. */
  readonly backlog?: number;
  /** Files are sent by the kernel. Absent: not. */
  readonly sendfile?: boolean;
}

export async function startNginx(options: NginxOptions) {
  requireCommands(['nginx']);
  const { folder, name } = options;
  const port = await freePort();
  const config = join(folder, `${name}-nginx.conf`);
  writeFileSync(config, configuration(options, port));
  const cpu = new CpuGroup(`towline-bench-${name}-${process.pid}`);
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

function configuration(options: NginxOptions, port: number): string {
  const { folder, name, connections, location, backlog, sendfile = false } = options;
  const temporary = (kind: string) => `${kind}_temp_path ${folder}/${name}-${kind};`;
  return `daemon off; worker_processes 1; pid ${folder}/${name}-nginx.pid; error_log /dev/null;
user root;
events { worker_connections ${connections}; }
http {
  access_log off;${sendfile ? ' sendfile on;' : ''} client_body_temp_path ${folder}/${name}-body;
  ${['fastcgi', 'proxy', 'uwsgi', 'scgi'].map(temporary).join(' ')}
  server {
    listen 127.0.0.1:${port} ssl${backlog === undefined ? '' : ` backlog=${backlog}`};
    ssl_certificate ${folder}/keys/tls.crt; ssl_certificate_key ${folder}/keys/tls.key;
    ssl_protocols TLSv1.3; ssl_verify_client optional_no_ca;
    ${location}
  }
}
`;
}
