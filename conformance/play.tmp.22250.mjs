import { readFileSync } from "node:fs";
import { mayDiffer } from "./clients/raw/groups/differences.mjs";
import { scenarios } from "./clients/raw/groups/scenarios/index.mjs";
import { play } from "./clients/raw/groups/script.mjs";
import { makeWorld } from "./clients/raw/groups/world.mjs";
const recorded = JSON.parse(readFileSync("/work/main/conformance/clients/raw/group-answers.json", "utf8"));
const compared = (a) => a.replaceAll(/ ?errorMessage=(\(a sentence\)|null|'')/g, "");
const ex = ({ ask, api, answer }) => { const [, name, first, last = first] = /^(\S+) v(\d+)(?:-(\d+))?$/.exec(api); return Array.from({ length: last - first + 1 }, (_, i) => ({ ask, api: `${name} v${Number(first)+i}`, answer })); };
const world = await makeWorld("p");
const only = process.argv.slice(2);
for (const [index, [name, scenario]] of scenarios.entries()) {
  if (!only.some(o=>name.includes(o))) continue;
  try { const got=(await play(scenario,index,world)).flatMap(ex), want=(recorded[name]??[]).flatMap(ex); let n=0;
    for (const [i,w] of want.entries()) { const g=got[i]; if(g?.ask!==w.ask||g.api!==w.api){console.log(name,"WENT ANOTHER WAY",w.ask,w.api);n++;break} if(compared(g.answer)!==compared(w.answer)&&!mayDiffer(name,w.ask,g.answer)){n++;console.log("DIFF",name,"|",w.ask,w.api,"\n  kafka",w.answer.slice(0,500),"\n  ours ",g.answer.slice(0,500))} }
    console.log(n?"FAIL":"ok",name,want.length);
  } catch(e){console.log("ERR",name,e.message)}
}
process.exit(0);
