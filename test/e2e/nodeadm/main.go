// Judges one file of user data by nodeadm's own reading, its own validation and the kubelet's own types, and prints the
// merged NodeConfig as JSON.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	internalapi "github.com/awslabs/amazon-eks-ami/nodeadm/internal/api"
	"github.com/awslabs/amazon-eks-ami/nodeadm/internal/configprovider"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"
)

func main() {
	if err := judge(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge(path string) error {
	userData, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	config, err := configprovider.ReadArchive(userData)
	if err != nil {
		return err
	}
	if err := internalapi.ValidateNodeConfig(config); err != nil {
		return err
	}
	kubelet, err := json.Marshal(config.Spec.Kubelet.Config)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(kubelet))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&kubeletconfig.KubeletConfiguration{}); err != nil {
		return fmt.Errorf("kubelet configuration: %w", err)
	}
	return json.NewEncoder(os.Stdout).Encode(config.Spec)
}
