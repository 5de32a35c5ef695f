//! Stories: the function's real binary, spoken to as Lambda and EventBridge speak to it, on a real (embedded)
//! DynamoDB, against both simulators over HTTP. And `template.yaml`, which deploys those binaries, against the code.

#[cfg(test)]
mod approval;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod deadline;
#[cfg(test)]
mod estates;
#[cfg(test)]
mod house;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod organisations;
#[cfg(test)]
mod randomness;
#[cfg(test)]
mod template;
#[cfg(test)]
mod throttled;
