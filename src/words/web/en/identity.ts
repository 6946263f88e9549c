export const identity = {
  title: "Psephos",
};
