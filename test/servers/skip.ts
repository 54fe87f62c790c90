import type { TestFn } from 'ava';
import { MissingPieceError } from '#composition/missing-piece.ts';

/**
 * Does what a suite needs before its tests can be registered. Where a server can't be had the suite is one skipped test
 * whose title says why and what to install; with REQUIRE_SERVERS=1 (`.ci/run`) that is a failure.
 * @returns null: there is nothing to run
 */
export async function orSkip<Result, Context>(
  test: TestFn<Context>,
  provide: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await provide();
  } catch (error) {
    if (!(error instanceof MissingPieceError) || process.env['REQUIRE_SERVERS'] === '1') {
      throw error;
    }
    test.skip(error.message, () => {});
    return null;
  }
}
