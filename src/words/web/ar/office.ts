export { office } from "../en/office.js";
