export const board = {
  title: "Psephos",
};
