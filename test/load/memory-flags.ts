/** The V8 flags with which Lambda's Node images divide the memory of a function between V8's generations. */
export const memoryFlags = (memoryMb: number): readonly string[] => {
  const newSpaceMb = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(newSpaceMb / 2)}`, `--max-old-space-size=${memoryMb - newSpaceMb}`];
};
