import type { LogFields, Logger } from '#application/ports/logger.ts';

/** A fake: keeps the lines instead of writing them. */
export type RecordingLogger = Logger & {
  readonly lines: readonly {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly message: string;
    readonly fields: LogFields;
  }[];
};

export function recordingLogger(): RecordingLogger {
  const lines: RecordingLogger['lines'][number][] = [];
  const at = (level: RecordingLogger['lines'][number]['level']) => {
    return (message: string, fields: LogFields = {}) => void lines.push({ level, message, fields });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
