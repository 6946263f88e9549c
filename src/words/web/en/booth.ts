export const booth = {
  title: "Psephos",
};
