/** Where a run of all tests leaves what V8 counted, for `npm run coverage`. */
export const RAW_COVERAGE = 'coverage/raw';
