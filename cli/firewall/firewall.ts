/** `towline firewall`: rules for nftables, from the fleet's own facts. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerFirewallDevice } from './device-verb.ts';
import { registerFirewallGateway, registerFirewallRegistry } from './gateway-verb.ts';

export function registerFirewall(firewall: Command, stop: Stop): void {
  registerFirewallDevice(firewall, stop);
  registerFirewallGateway(firewall, stop);
  registerFirewallRegistry(firewall, stop);
  firewall.addHelpText(
    'after',
    examples([
      ['towline firewall device pump-3 --dns 10.1.0.1 --ntp 10.1.0.1', 'a device'],
      ['towline firewall gateway --dns 10.1.0.1 --ntp 10.1.0.1', 'the gateway, at its machine'],
      ['towline firewall registry --dns 10.1.0.1 --ntp none', 'a registry behind gateways'],
    ]),
  );
}
