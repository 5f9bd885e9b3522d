/** The steps of a plan that read and write volumes, for the runtime to carry out. */
import { label } from '../../core/plan/container/labels.ts';
import { unlessGone } from '../runtime/engine/refusals.ts';
import type { DataSteps } from '../runtime/engine/run-context.ts';
import type { DataRoom } from './data-room.ts';

/** The work itself is loaded with the first step: most devices never have one. */
export function dataSteps(room: DataRoom): DataSteps {
  return {
    async room({ project, expected }, context) {
      const { NewBackup } = await import('./backup-folder.ts');
      const { checkRoom } = await import('./room-left.ts');
      const folder = await NewBackup.folderOf(room.backupDirectory, project);
      await checkRoom(context, { folder, project, expectedBytes: expected?.bytes ?? 0 });
    },
    async backUp(step, context, signal) {
      const { backUp } = await import('./back-up.ts');
      await backUp(room, step, context, signal);
    },
    async hook(step, context, signal) {
      const { runBackupHook } = await import('./backup-hook.ts');
      await runBackupHook(step, context, signal);
    },
    async unpack(step, context, signal) {
      const { unpackBackup } = await import('./unpack-backup.ts');
      await unpackBackup(room, step, context, signal);
    },
    async restore(step, context, signal) {
      const { restoreVolumes } = await import('./restore-volumes.ts');
      await restoreVolumes(room, step, context, signal);
    },
    async sweep(engine, helpers, signal) {
      const query = { force: true, v: true };
      for (const { Id, Labels } of helpers)
        if (Labels?.[label.helper] !== room.run)
          await unlessGone(engine.call({ method: 'DELETE', path: `/containers/${Id}`, query }, signal));
    },
  };
}
