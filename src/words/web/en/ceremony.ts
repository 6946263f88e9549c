export const ceremony = {
  title: "Psephos",
};
