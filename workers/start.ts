import { runProcess } from '#composition/run-process.ts';
import { WHOLE_ENGINE } from '#composition/whole-engine.ts';

/** The whole engine in one process. */
await runProcess({
  name: 'engine',
  web: true,
  complete: true,
  roles: WHOLE_ENGINE,
});
