/** Temperatures: sensors (hwmon) and thermal zones, by node-exporter's names. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gauge, type Sample } from '../series/sample.ts';

const maxSensors = 32;
/** What a sensor says that is broken, degrees Celsius. */
const coldest = -100;
const hottest = 1000;

/** Pushed one by one: where a sensor hangs, those before it are known. */
export async function temperatures(root: string, push: (sample: Sample) => void): Promise<void> {
  let room = maxSensors;
  const tell = (name: string, text: string | undefined, labels: Record<string, string>): void => {
    const celsius = readMillidegrees(text ?? '');
    if (celsius === undefined || room === 0) return;
    room -= 1;
    push(gauge(name, celsius, labels));
  };
  const chips = path.join(root, 'sys/class/hwmon');
  for (const chip of await names(chips)) {
    const folder = path.join(chips, chip);
    const called = (await word(path.join(folder, 'name'))) ?? chip;
    for (const file of await names(folder)) {
      const sensor = /^(temp\d{1,3})_input$/.exec(file)?.[1];
      if (sensor === undefined) continue;
      tell('node_hwmon_temp_celsius', await word(path.join(folder, file)), {
        chip: `${called}_${chip}`,
        sensor,
      });
    }
  }
  const zones = path.join(root, 'sys/class/thermal');
  for (const folder of await names(zones)) {
    const zone = /^thermal_zone(\d{1,3})$/.exec(folder)?.[1];
    if (zone === undefined) continue;
    const type = (await word(path.join(zones, folder, 'type'))) ?? '';
    tell('node_thermal_zone_temp', await word(path.join(zones, folder, 'temp')), { zone, type });
  }
}

/** `48750` → 48.75. */
export function readMillidegrees(text: string): number | undefined {
  const word = text.trim();
  if (!/^-?\d{1,9}$/.test(word)) return undefined;
  const celsius = Number(word) / 1000;
  return celsius > coldest && celsius < hottest ? celsius : undefined;
}

function names(folder: string): Promise<string[]> {
  return readdir(folder).then(
    found => found.slice(0, 512).sort(),
    () => [],
  );
}

function word(file: string): Promise<string | undefined> {
  return readFile(file, 'latin1').then(
    text => text.trim().slice(0, 64),
    () => undefined,
  );
}
