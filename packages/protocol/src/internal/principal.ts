// A principal as bytes, for requests that a broker passes on (KIP-590).
import { bool, message, string } from "../declaration.js";

export const DefaultPrincipalData = message({
  name: "DefaultPrincipalData",
  versions: "0",
  flexible: "0+",
  fields: {
    type: string(),
    name: string(),
    tokenAuthenticated: bool(),
  },
});
