/** A file of configuration can't be used; the message names the file and every fault in it. Exit status 78. */
export class ConfigFileError extends Error {
  readonly code = 'CONFIG_FILE';
  constructor(path: string, faults: readonly string[]) {
    super(faults.map((fault) => `${path}: ${fault}`).join('\n'));
    this.name = 'ConfigFileError';
  }
}
