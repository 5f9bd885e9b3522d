/** A device's own name is no difference between it and others. @returns what takes it out of a text */
export function nameless(device: string): (text: string) => string {
  const own = new RegExp(`(?<![A-Za-z0-9])${device.replace(/[^\w-]/g, '\\$&')}(?![A-Za-z0-9])`, 'g');
  return text => text.replace(own, '<device>');
}
