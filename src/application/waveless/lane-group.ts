/**
 * The group of lanes, 0..groups-1, that a lane belongs to: the same in every process. Each group has a releaser of its own.
 * FNV-1a over the characters' codes: names of zones differ in their last character, which a sum would put side by side.
 */
export function laneGroup(lane: string, groups: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < lane.length; index += 1) {
    hash = Math.imul(hash ^ lane.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % groups;
}
