import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineOptions } from '../../../scripts/processes/engine-processes.ts';

/** From the root of the project. */
const SABOTEUR = './test/faults/saboteur/saboteur.ts';

/** What lets a case cause faults within the engine's processes. @param folder of the case */
export function sabotaged(folder: string): Pick<EngineOptions, 'nodeArguments' | 'settings'> {
  return { nodeArguments: ['--import', SABOTEUR], settings: { WES_SABOTAGE: folder } };
}

/** A fault that is armed, within so many ms, until it is disarmed. See saboteur.ts for their names. */
export type Armed = {
  isArmed(): boolean;
  disarm(): void;
};

export function arm(folder: string, fault: string, value: number | '' = ''): Armed {
  const file = join(folder, fault);
  writeFileSync(file, String(value));
  return {
    isArmed: () => existsSync(file),
    disarm: () => rmSync(file, { force: true }),
  };
}
