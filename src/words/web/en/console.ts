export const console = {
  title: "Psephos",
};
