export default function Screen() {
  return <h1>rollout</h1>;
}
