/** What cloud-init does at a machine's first boot: a token in a file of root's own, and the install line. */
import { stringify } from 'yaml';

export interface UserData {
  readonly device: string;
  readonly token: string;
  /** Until when it works, as the device's file says it. */
  readonly expires: string;
  /** With `--first-boot`: nobody is there to wait. */
  readonly line: string;
}

/** Where towline-first-boot looks. It removes it when it was used. */
const tokenFile = '/var/lib/towline-first-boot/token';

/** Whoever reads it can enrol in the device's place. */
export function userData({ device, token, expires, line }: UserData): string {
  const text = stringify(
    {
      write_files: [{ path: tokenFile, owner: 'root:root', permissions: '0600', content: `${token}\n` }],
      runcmd: [line],
    },
    { lineWidth: 0 },
  );
  return `#cloud-config\n# ${device}, until ${expires}. Keep it as a secret: it has a token in it.\n${text}`;
}
