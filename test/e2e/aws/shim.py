"""Starts MiniStack (the version in requirements.txt) with what our stack needs and it lacks:

1. PutEvents takes `aws.*` sources, so that a scenario sends EC2's own events to unchanged rules.
2. Changes of SSM parameters are told on the default bus, as AWS does.
3. CloudFormation knows AWS::EKS::AccessEntry, kept by the EKS server that the functions ask, composite alarms, and alarms on metric
   math, which are written down and never ring.
4. Reserved concurrency in a template is enforced.
5. Functions speak TLS to servers on this machine: MiniStack would turn that into plain HTTP.
6. What a function writes stands in FUNCTION_LOGS/<its name>.log at once: MiniStack's log groups have it when the call ends.
7. Every function has the credentials of its role, also while IAM is not enforced (`principals.ts` knows them).
8. While IAM is enforced, requests count as made over TLS, which queue and bucket policies ask for; reading several SSM parameters
   is checked on their path or the first of them; and each refusal is logged as `shim: denied ACTION on RESOURCE to PRINCIPAL`.
9. AWS's public parameters are those of PUBLIC_PARAMETERS, JSON of names and values.
10. An instance profile's `Ref` is its name, as in CloudFormation, where MiniStack gives its ARN.

A name that another version has moved stops the start with its name.
"""
import functools
import hashlib
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

import ministack.app as app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import cloudwatch, eventbridge, iam, lambda_svc, ssm, sts
from ministack.services.cloudformation import provisioners

EKS_URL = os.environ["AWS_ENDPOINT_URL_EKS"]
FUNCTION_LOGS = os.environ["FUNCTION_LOGS"]


def wrap(module, name, make):
    """Puts `make(original)` in the original's place."""
    original = getattr(module, name, None)
    if original is None:
        raise SystemExit(f"shim: {module.__name__}.{name} is not there: is this another MiniStack?")
    setattr(module, name, functools.wraps(original)(make(original)))


def handler_of(kind):
    if kind not in provisioners._RESOURCE_HANDLERS:
        raise SystemExit(f"shim: no CloudFormation handler of {kind}: is this another MiniStack?")
    return provisioners._RESOURCE_HANDLERS[kind]


# 1 and 2: events ---------------------------------------------------------------------------------------------------------

def take_aws_events(original):
    return lambda data, allow_aws_source=True: original(data, allow_aws_source=True)


def tell_parameter(name, operation, kind):
    eventbridge._dispatch_event({
        "EventId": new_uuid(),
        "Source": "aws.ssm",
        "DetailType": "Parameter Store Change",
        "Detail": json.dumps({"operation": operation, "name": name, "type": kind}),
        "EventBusName": "default",
        "Time": int(time.time()),
        "Resources": [f"arn:aws:ssm:{get_region()}:{get_account_id()}:parameter/{name.lstrip('/')}"],
        "Account": get_account_id(),
        "Region": get_region(),
    })


def tells_put(original):
    def put(data):
        name = data.get("Name", "")
        operation = "Update" if name in ssm._parameters else "Create"
        response = original(data)
        if response[0] == 200:
            tell_parameter(name, operation, ssm._parameters[name].get("Type", "String"))
        return response
    return put


def tells_delete(original):
    def delete(data):
        name = data.get("Name", "")
        kind = ssm._parameters.get(name, {}).get("Type", "String")
        response = original(data)
        if response[0] == 200:
            tell_parameter(name, "Delete", kind)
        return response
    return delete


# 3: resources ------------------------------------------------------------------------------------------------------------

def eks(method, path, body=None, missing_is_fine=False):
    """One request to the EKS server; its refusal fails the resource with the server's words."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(EKS_URL + path, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        if missing_is_fine and error.code == 404:
            return {}
        raise ValueError(f"EKS answered {error.code}: {error.read().decode()}") from None


def entry_path(cluster, principal=""):
    return f"/clusters/{cluster}/access-entries" + (principal and "/" + urllib.parse.quote(principal, safe=""))


def lower_first(values):
    return {name[0].lower() + name[1:]: value for name, value in values.items()}


def entry_create(logical_id, props, stack_name):
    cluster, principal = props["ClusterName"], props["PrincipalArn"]
    asked = {name: value for name, value in props.items() if name in ("PrincipalArn", "Type", "KubernetesGroups", "Username")}
    entry = eks("POST", entry_path(cluster), lower_first(asked))
    for policy in props.get("AccessPolicies", []):
        scope = lower_first(policy["AccessScope"])
        eks("POST", entry_path(cluster, principal) + "/access-policies", {"policyArn": policy["PolicyArn"], "accessScope": scope})
    return f"{principal}|{cluster}", {"AccessEntryArn": entry["accessEntry"]["accessEntryArn"]}


def entry_delete(physical_id, props):
    principal, cluster = physical_id.split("|")
    eks("DELETE", entry_path(cluster, principal), missing_is_fine=True)


def entry_update(physical_id, old, new, stack_name):
    entry_delete(physical_id, old)
    return entry_create("", new, stack_name)


def records_math(original):
    def record(name, props):
        if props.get("Metrics"):
            props = {key: value for key, value in props.items() if key != "Metrics"} | {"MetricName": "MetricMath", "Namespace": "Shim"}
        return original(name, props)
    return record


def composite_create(logical_id, props, stack_name):
    name = props.get("AlarmName") or provisioners._physical_name(stack_name, logical_id, max_len=255)
    response = cloudwatch._put_composite_alarm({}, {**props, "AlarmName": name}, False, is_json=True)
    if response[0] >= 400:
        raise ValueError(str(response[2]))
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def composite_delete(physical_id, props):
    cloudwatch._composite_alarms.pop(physical_id, None)


# 4: reserved concurrency -------------------------------------------------------------------------------------------------

def reserve(function_name, props):
    function, value = lambda_svc._functions[function_name], props.get("ReservedConcurrentExecutions")
    if value is None:
        function.pop("concurrency", None)
    else:
        function["concurrency"] = int(value)


def reserving(original, props_at):
    """`props_at`: which argument holds the properties that count."""
    def call(*args, **named):
        result = original(*args, **named)
        reserve(result[0], args[props_at])
        return result
    return call


# 5: TLS ------------------------------------------------------------------------------------------------------------------

NODE_HTTPS = "  https.request = function(input, options, callback) {\n"
KEEPS_TLS = "    if (input.port && String(input.port) !== String(msPort)) return origHttpsReq.apply(https, arguments);\n"


def keep_tls(script):
    if script.count(NODE_HTTPS) != 1:
        raise SystemExit("shim: the Node worker's https.request is not there: is this another MiniStack?")
    return script.replace(NODE_HTTPS, NODE_HTTPS + KEEPS_TLS)


# 6: logs -----------------------------------------------------------------------------------------------------------------

def writes_logs(original):
    def read(worker):
        with open(os.path.join(FUNCTION_LOGS, worker.func_name + ".log"), "a", buffering=1) as log:
            for line in worker._proc.stderr:
                log.write(line)
                worker._stderr_queue.put(line.rstrip("\n"))
    return read


# 7: credentials ----------------------------------------------------------------------------------------------------------

def digest(use, role_arn):
    return hashlib.sha256(f"{use}:{role_arn}".encode()).hexdigest()


def role_credentials(config):
    """A session of the function's role, named `lane`: the same one in every process, so that others can know it."""
    role_arn = config["Role"]
    account, role = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    key, secret, token = "ASIA" + digest("key", role_arn)[:16].upper(), digest("secret", role_arn), digest("token", role_arn)
    sts.register_session(key, {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/lane",
        "UserId": f"{role}:lane",
        "SecretAccessKey": secret,
        "SessionToken": token,
    })
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


# 8: IAM ------------------------------------------------------------------------------------------------------------------

def over_tls(original):
    return lambda key, context: "true" if key.lower() == "aws:securetransport" else original(key, context)


def knows_parameters(original):
    def resource(service, method, path, headers, body, query_params, region, account_id):
        if service == "ssm":
            asked = json.loads(body or b"{}")
            name = asked.get("Path") or next(iter(asked.get("Names", [])), None)
            if name is not None:
                # AWS's public parameters belong to no account.
                owner = "" if name.startswith("/aws/") else account_id
                return f"arn:aws:ssm:{region}:{owner}:parameter/{name.strip('/')}"
        return original(service, method, path, headers, body, query_params, region, account_id)
    return resource


def logs_refusals(original):
    def enforce(access_key, action, service, *args, **named):
        denied = original(access_key, action, service, *args, **named)
        if denied:
            who = getattr(denied, "principal_arn", access_key)
            print(f"shim: denied {action} on {named.get('resource_arn')} to {who}", flush=True)
        return denied
    return enforce


# 10: instance profiles ---------------------------------------------------------------------------------------------------

def by_name(handler):
    create, update, delete = handler["create"], handler["update"], handler["delete"]

    def arn_of(name):
        return next((profile["Arn"] for profile in iam._instance_profiles.values() if profile["Arn"].endswith(f"/{name}")), name)

    def named(result):
        return result[1]["Arn"].rsplit("/", 1)[1], result[1]

    handler["create"] = lambda *args, **more: named(create(*args, **more))
    handler["update"] = lambda name, *args, **more: named(update(arn_of(name), *args, **more))
    handler["delete"] = lambda name, props: delete(arn_of(name), props)


def main():
    wrap(iam_actions, "extract_resource_arn", knows_parameters)
    wrap(iam_evaluator, "_resolve_condition_key", over_tls)
    wrap(iam_evaluator, "enforce", logs_refusals)
    wrap(eventbridge, "_put_events", take_aws_events)
    if not hasattr(ssm, "_PUBLIC_AMI_PARAMETERS"):
        raise SystemExit("shim: ssm._PUBLIC_AMI_PARAMETERS is not there: is this another MiniStack?")
    ssm._PUBLIC_AMI_PARAMETERS.update(json.loads(os.environ.get("PUBLIC_PARAMETERS", "{}")))
    wrap(ssm, "_put_parameter", tells_put)
    wrap(ssm, "_delete_parameter", tells_delete)
    lambda_runtime._NODEJS_WORKER_SCRIPT = keep_tls(lambda_runtime._NODEJS_WORKER_SCRIPT)
    wrap(lambda_runtime.Worker, "_read_stderr", writes_logs)
    for module in (lambda_runtime, lambda_svc):
        wrap(module, "execution_credentials", lambda original: role_credentials)
    wrap(provisioners, "_cw_metric_alarm_record", records_math)
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::EKS::AccessEntry"] = {"create": entry_create, "update": entry_update, "delete": entry_delete}
    handlers["AWS::CloudWatch::CompositeAlarm"] = {"create": composite_create, "delete": composite_delete}
    by_name(handler_of("AWS::IAM::InstanceProfile"))
    function = handler_of("AWS::Lambda::Function")
    function["create"], function["update"] = reserving(function["create"], 1), reserving(function["update"], 2)
    app.main()


main()
