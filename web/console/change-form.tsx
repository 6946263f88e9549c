/** What shall change among the validators: who goes, who comes. */
import { useState } from "react";
import { fromHex, toHex } from "#base/bytes.js";
import { type NetworkProposal, proposeChange } from "#client/network-proposal.js";
import type { Network, NetworkValidator } from "#protocol/network.js";
import { faultOfChange } from "#protocol/transactions/change-validators.js";
import { Button } from "../ui/button.js";
import { Checkbox } from "../ui/checkbox.js";
import { Disclosure } from "../ui/disclosure.js";
import { ErrorSummary } from "../ui/error-summary.js";
import { useRoomWords } from "../ui/room-words.js";
import { TextField } from "../ui/text-field.js";

interface ChangeFormProps {
  readonly chainId: string;
  readonly network: Network;
  readonly onMade: (proposal: NetworkProposal) => void;
}

interface Comer {
  readonly name: string;
  readonly key: string;
  readonly power: string;
  readonly operator: string;
}

const nobody: Comer = { name: "", key: "", power: "1", operator: "" };
const plain = (typed: string): string => typed.replace(/\s/g, "").toLowerCase();

/** `undefined`: something of it is malformed. */
function validatorOf({ name, key, power, operator }: Comer): NetworkValidator | undefined {
  const [own, other] = [fromHex(plain(key)), fromHex(plain(operator))];
  const number = Number(power);
  const good =
    name.trim() !== "" && own?.length === 32 && other?.length === 32 && Number.isInteger(number) && number > 0;
  return good ? { name: name.trim(), key: own, power: number, operator: other } : undefined;
}

export function ChangeForm({ chainId, network, onMade }: ChangeFormProps) {
  const { console: text, office } = useRoomWords();
  const [goes, setGoes] = useState<readonly string[]>([]);
  const [comer, setComer] = useState(nobody);
  const [replace, setReplace] = useState(false);
  const [error, setError] = useState<string>();
  const set = (part: Partial<Comer>) => setComer({ ...comer, ...part });
  const make = () => {
    const comes = comer.name === "" && comer.key === "" ? [] : [validatorOf(comer)];
    const remove = network.validators.map(({ key }) => key).filter((key) => goes.includes(toHex(key)));
    const add = comes.filter((each) => each !== undefined);
    const body = { revision: network.revision, act: replace ? ("replace" as const) : ("change" as const), remove, add };
    const sound = add.length === comes.length && faultOfChange(network, body) === undefined;
    const made = sound ? proposeChange(chainId, body) : undefined;
    setError(made?.ok === true ? undefined : office.changeBad);
    if (made?.ok === true) onMade(made.value);
  };
  return (
    <Disclosure title={office.changeTitle}>
      <ErrorSummary errors={error === undefined ? [] : [{ id: "comer-name", text: error }]} />
      <fieldset className="field group">
        <legend>{office.changeGoes}</legend>
        {network.validators.map(({ name, key }) => {
          const id = toHex(key);
          return (
            <Checkbox
              key={id}
              label={name}
              isSelected={goes.includes(id)}
              onChange={(gone) => setGoes(gone ? [...goes, id] : goes.filter((each) => each !== id))}
            />
          );
        })}
      </fieldset>
      <fieldset className="field group">
        <legend>{office.changeComes}</legend>
        <TextField id="comer-name" label={text.name} value={comer.name} onChange={(name) => set({ name })} />
        <TextField ltr label={office.nodeKey} value={comer.key} onChange={(key) => set({ key })} />
        <TextField label={office.power} value={comer.power} onChange={(power) => set({ power })} inputMode="numeric" />
        <TextField ltr label={office.operator} value={comer.operator} onChange={(operator) => set({ operator })} />
      </fieldset>
      <Checkbox label={office.changeReplace} isSelected={replace} onChange={setReplace} />
      <Button onPress={make}>{office.changeMake}</Button>
    </Disclosure>
  );
}
