export default function Screen() {
  return <h1>rollouts</h1>;
}
